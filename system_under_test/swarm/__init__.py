"""swarm: jobs as task graphs, shared memory and genome analysis on Redis."""
