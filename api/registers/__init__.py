"""What offices keep in registers, over HTTP: dossiers and queues."""
