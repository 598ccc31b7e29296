"""What the application is and what is wired in it: entry points, reach, calls, endpoints, clients, product facts."""
