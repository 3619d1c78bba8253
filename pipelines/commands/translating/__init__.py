"""What `folalign translate` is made of: its options, what it reads, how it asks, what it says of stories."""
