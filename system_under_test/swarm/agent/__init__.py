"""The agent: takes tasks it is capable of and runs each in a child process."""
