--A ledger of schema 1, as the kedge that knew no other wrote it
    : two registrations created by one apply.PRAGMA application_id = 1801742188;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE intent(id INTEGER PRIMARY KEY AUTOINCREMENT, unit INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
                    action TEXT NOT NULL, remote_id TEXT NOT NULL, change BLOB NOT NULL, desired BLOB NOT NULL,
                    release_entry TEXT NOT NULL, at INTEGER NOT NULL, auth_change INTEGER NOT NULL,
                    seal INTEGER NOT NULL) STRICT;
CREATE TABLE manifest_path(unit INTEGER NOT NULL, path TEXT NOT NULL, seal INTEGER NOT NULL,
                           PRIMARY KEY(unit, path)) STRICT,
    WITHOUT ROWID;
INSERT INTO "manifest_path" VALUES(1, 'github.yaml', -2817916403162392235);
INSERT INTO "manifest_path" VALUES(1, 'jira.yaml', 6483575497700851929);
CREATE TABLE owned(unit INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, remote_id TEXT NOT NULL,
                   path TEXT NOT NULL, blob_id TEXT NOT NULL, sent BLOB NOT NULL, answered BLOB NOT NULL,
                   version TEXT NOT NULL, fingerprints TEXT NOT NULL, applied TEXT NOT NULL, declared INTEGER NOT NULL,
                   undeclared INTEGER NOT NULL, prune_never INTEGER NOT NULL, marked INTEGER NOT NULL,
                   seal INTEGER NOT NULL, PRIMARY KEY(unit, name)) STRICT,
    WITHOUT ROWID;
INSERT INTO "owned" VALUES(1, 'github', 'mcp-server/remote', 'cc25ujigo1vf8rj4yuxhs3tom', 'github.yaml',
                           '4eef3fe6b9b4d2b7b3788e56298efb0db3f4a323',
                           X 'E24A58A020671C479987B2C9EA9B59E826462540AF213CED0FCA4A356805231C',
                           X 'E24A58A020671C479987B2C9EA9B59E826462540AF213CED0FCA4A356805231C',
                           '2026-11-25T13:41:08.273Z','','', 1795614068, 0, 0, 1, -5268466161871387486);
INSERT INTO "owned" VALUES(1, 'jira', 'mcp-server/remote', 'caz830lz5tqa19cqemmsobx07', 'jira.yaml',
                           'db4dead678af81474f7a5863c8e94dd5d5431172',
                           X 'BE477FCD6F4DB259FD3A38B2D9B8DFDAAF9BB4BC49B6BDEC4ED79CB89176D741',
                           X 'BE477FCD6F4DB259FD3A38B2D9B8DFDAAF9BB4BC49B6BDEC4ED79CB89176D741',
                           '2026-11-25T13:41:08.276Z','','', 1795614068, 0, 0, 1, 247050364593088309);
CREATE TABLE past_write(unit INTEGER NOT NULL, at INTEGER NOT NULL, action TEXT NOT NULL, auth_change INTEGER NOT NULL,
                        change BLOB NOT NULL, seal INTEGER NOT NULL) STRICT;
INSERT INTO
    "past_write" VALUES(1, 1795614068, 'create', 0,
                        X 'AEE8B5ACF06F977654BCA90B7B5AA6CD6FABF74383A305EE691362ADE44B697E', 6398651123069099741);
INSERT INTO
    "past_write" VALUES(1, 1795614068, 'create', 0,
                        X 'B58A809292A7C1CD98AB19073654B0464ABEFCC3106348FF69D25203DFFAF9D5', 757953036407668444);
CREATE TABLE spent(unit INTEGER NOT NULL, entry TEXT NOT NULL, intent INTEGER NOT NULL, seal INTEGER NOT NULL,
                   PRIMARY KEY(unit, entry, intent)) STRICT,
    WITHOUT ROWID;
CREATE TABLE unit(id INTEGER PRIMARY KEY AUTOINCREMENT, installation TEXT NOT NULL, unit TEXT NOT NULL,
                  target TEXT NOT NULL, tenant TEXT NOT NULL, seal_key TEXT NOT NULL, rules TEXT NOT NULL,
                  pinned TEXT NOT NULL, seal INTEGER NOT NULL, UNIQUE(installation, unit, target)) STRICT;
INSERT INTO "unit" VALUES(1, 'prod', 'tools', 'target', 'truefoundry/acme', '55d8924480ea7d49', 'truefoundry 1','',
                          2725830735820786521);
CREATE INDEX past_write_by_time ON past_write(unit, at);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('unit', 1);
INSERT INTO sqlite_sequence VALUES('intent', 2);
COMMIT;
