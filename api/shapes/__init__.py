"""The shapes of answers, for the OpenAPI document. Times are RFC 3339 in UTC."""
