-- Who read an asset since a day, and the last day on which anybody did.
CREATE INDEX usage_asset ON usage (asset, day, person);
