"""The indexes of the incidents: what lists, searches and live counts ask of them, kept as they change."""
