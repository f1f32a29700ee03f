-- Reads and writes across tenants. Nobody logs in with it: procedures that have checked their caller reach it WITH EXECUTE AS 'nina_service'.
CREATE ROLE nina_platform AUTHORIZATION dbo;
