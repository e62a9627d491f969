"""Partner Spaces: installations, connections, clients and the companies they export to."""
