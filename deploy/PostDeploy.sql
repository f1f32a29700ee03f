-- Runs after NinaDB's objects are there, at every deployment: what must exist from the first moment. Each line may run any number of times.
EXECUTE safety.InstallDefaultConstitution;
