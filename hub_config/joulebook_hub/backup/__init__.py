"""Backups of a hub: databases, secrets and workspaces in one checked archive, on disk or in S3, and back again.

Databases are copied as of one instant each while the hub runs (`databases`); everything lies in one ``.tar.gz`` with
the SHA-256 of each file (`archive`); a restore unpacks beside the hub's folder, checks every file, and only then puts
the folder in its place (`restoring`). `shelves` knows folders and S3.
"""
