"""What a sentence means, and the writings of a meaning: English, Folan, a formula."""
