PRAGMA application_id = 1801742179;
CREATE TABLE pass (
    id INTEGER PRIMARY KEY AUTOINCREMENT, unit TEXT NOT NULL, at INTEGER NOT NULL, revision TEXT NOT NULL,
    title TEXT NOT NULL, writes INTEGER NOT NULL, stopped TEXT NOT NULL) STRICT;
CREATE INDEX pass_by_unit ON pass (unit, id);
CREATE TABLE change (
    pass INTEGER NOT NULL REFERENCES pass (id) ON DELETE CASCADE, name TEXT NOT NULL, action TEXT NOT NULL,
    result TEXT NOT NULL, text TEXT NOT NULL, digest TEXT NOT NULL, commit_id TEXT NOT NULL, forced INTEGER NOT NULL) STRICT;
CREATE INDEX change_by_pass ON change (pass);
CREATE INDEX change_by_name ON change (name);
INSERT INTO pass VALUES (7, 'prod.tools@acme', 1800000000, '1a2b3c4d', 'Add github', 1, '');
INSERT INTO change VALUES (7, 'github', 'create', 'done', '', 'abcd', '1a2b3c4d', 1);
PRAGMA user_version = 1;
