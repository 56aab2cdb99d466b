"""Who is who: participants, staff, invites, what a typed reply belongs to, and the audit trail."""
