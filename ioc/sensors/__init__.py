"""Sensors: their observations, the levels and silences that follow, and the incidents that these open and resolve."""
