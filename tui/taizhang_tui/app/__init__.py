"""The app: the terminal of one store, and the services that it has."""
