-- A trusted application: runs the public procedures and reads the public views for the person that tenancy.BeginSession names; nothing else.
CREATE ROLE nina_application AUTHORIZATION dbo;
