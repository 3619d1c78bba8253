"""What a verdict rests on, to show: the premises used, the steps of a proof, the models of a formula."""
