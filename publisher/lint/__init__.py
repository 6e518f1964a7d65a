"""What a curator should mend or add: facts of a study in, findings and what is still to be said out; opens no file."""
