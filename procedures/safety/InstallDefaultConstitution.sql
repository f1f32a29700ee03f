-- Gives the platform its first constitution where it has none; run at every deployment.
CREATE PROCEDURE safety.InstallDefaultConstitution
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF EXISTS (SELECT 1 FROM safety.ConstitutionHead WHERE ScopeKey = 0)
    BEGIN
        RETURN 0;
    END;

    DECLARE @Rules nvarchar(max) = N'[
        {
            "name": "No weapons of mass destruction",
            "kind": "deny_words",
            "stage": "both",
            "text": "nerve agent synthesis, synthesize sarin, synthesise sarin, sarin synthesis, make sarin, synthesize vx, make vx nerve agent, novichok synthesis, make mustard gas, weaponize anthrax, weaponise anthrax, anthrax weaponization, enrich uranium for a bomb, build a nuclear bomb, build a dirty bomb, make a dirty bomb"
        },
        {
            "name": "No explosives",
            "kind": "deny_words",
            "stage": "both",
            "text": "how to make a bomb, how to build a bomb, make a pipe bomb, build a pipe bomb, make a nail bomb, make tatp, synthesize tatp, synthesise tatp, make nitroglycerin at home, make a molotov cocktail, build an explosive device, improvised explosive device instructions"
        },
        {
            "name": "No sexual content about children",
            "kind": "deny_words",
            "stage": "both",
            "text": "child porn, child pornography, kiddie porn, csam, sexualized child, sexualised child, sexual content about children, sexual story about a child, sexual story about a minor"
        },
        {
            "name": "No help with suicide",
            "kind": "deny_words",
            "stage": "both",
            "text": "how to kill myself, how to commit suicide, best way to kill myself, painless way to die, suicide method, suicide methods"
        },
        {
            "name": "No credentials in outputs",
            "kind": "deny_regex",
            "stage": "output",
            "text": "-----BEGIN [A-Z ]*PRIVATE KEY-----|AKIA[0-9A-Z]{16}|ghp_[0-9A-Za-z]{36}"
        },
        {
            "name": "No overriding of rules",
            "kind": "deny_regex",
            "stage": "prompt",
            "text": "\\b(ignore|disregard|forget)\\s+(all\\s+)?(of\\s+)?(the\\s+|your\\s+)?(previous|prior|above|earlier|safety)\\s+(instructions|rules|guidelines|constitution)\\b"
        },
        {
            "name": "Token limit",
            "kind": "max_tokens",
            "parameters": {"limit": 4096}
        }
    ]';
    DECLARE @Checked nvarchar(max), @Version int, @Hash binary(32), @CreatedBy nvarchar(200) = USER_NAME();
    EXECUTE safety.CheckedRules @Rules, @Checked OUTPUT;
    EXECUTE safety.AppendConstitution NULL, @Checked, @CreatedBy, @Version OUTPUT, @Hash OUTPUT;
END;
