"""One act over many children of a round, as a job."""
