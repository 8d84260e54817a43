-- What a program pushed, by the program: what is in its folder no longer is found without a look at what others wrote. Imports
-- and pages have no part in it.
CREATE INDEX revision_pushed ON revision (actor, kind, document, number) WHERE source = 'api' AND in_files;
