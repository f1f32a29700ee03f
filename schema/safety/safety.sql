-- Rules that agents obey, what they stopped, and the keys that exported agents are signed with.
CREATE SCHEMA safety AUTHORIZATION dbo;
