"""What runs: API and worker processes, the doctor, the OpenAPI file."""
