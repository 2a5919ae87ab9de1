"""What is kept in memory because it may be wanted again, within one bound for all."""
