"""Rules for sign-in (Cognito) and for permissions (IAM)."""

from typing import Any

from review.changes import Change
from review.rules.kinds import (
    Rule,
    TypeRules,
    always,
    elements,
    flag,
    harmless,
    is_literal,
    names,
    number,
    of_elements,
    ranked,
)
from review.verdicts import Verdict, cannot_tell, changes, disrupts, exposes, fails, opens, weakens

_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
# Unit and value where the template gives none.
_TOKENS = {
    "AccessTokenValidity": ("AccessToken", "hours", 1),
    "IdTokenValidity": ("IdToken", "hours", 1),
    "RefreshTokenValidity": ("RefreshToken", "days", 30),
}
_PASSWORDS = "Policies.PasswordPolicy"
_EASIER = weakens("passwords may be easier to guess")


def _lifetime(client: dict[str, Any], name: str) -> float:
    token, unit, value = _TOKENS[name]
    unit = client.get("TokenValidityUnits", {}).get(token, unit)
    return float(client.get(name, value)) * _SECONDS[unit]


def _token_lifetime(change: Change) -> Verdict | None:
    """How long a token is valid, by number and unit together."""
    if change.old is None or change.new is None:
        return None
    tokens = [name for name, (token, *_) in _TOKENS.items() if change.path[-1] in {name, token}]
    pairs = [
        (_lifetime(change.old.properties, name), _lifetime(change.new.properties, name))
        for name in tokens or _TOKENS
    ]
    if any(after > before for before, after in pairs):
        return weakens("a stolen token is valid for longer")
    if any(after < before for before, after in pairs):
        return changes("tokens are valid for less time")
    return changes("the same time in another unit")


def _second_factor(change: Change) -> Verdict | None:
    return ranked(
        ("ON", "OPTIONAL", "OFF"),
        worse=weakens("a second factor is asked of fewer people"),
        absent="OFF",
    )(change)


def _self_sign_up(change: Change) -> Verdict | None:
    return flag(
        on=disrupts("people can no longer sign up by themselves"),
        off=opens("anyone may sign up"),
    )(change)


def _trigger(change: Change) -> Verdict | None:
    if change.after is None:
        return disrupts("a trigger no longer runs at sign-up or sign-in")
    return opens("a function decides about sign-up, sign-in or what is in tokens")


def _boundary(change: Change) -> Verdict | None:
    if change.old is None:
        return None
    if change.after is None:
        return opens("no boundary limits the permissions any more")
    return (changes if change.before is None else cannot_tell)("the boundary of the permissions")


def _sender(change: Change) -> Verdict | None:
    if change.old is None:
        return None
    if ":ses:" in str(change.after) and is_literal(change.after):
        return exposes("codes are sent by an identity outside this stack, which may read them")
    return changes("codes come from another sender")


_POOL: dict[str, Rule] = {
    "DeletionProtection": flag(off=weakens("the accounts can be deleted in one step")),
    "MfaConfiguration": _second_factor,
    "EnabledMfas": elements(
        added=changes("one more kind of second factor"),
        removed=weakens("one kind of second factor less"),
    ),
    "AdminCreateUserConfig.AllowAdminCreateUserOnly": _self_sign_up,
    "AdminCreateUserConfig": harmless("how administrators create accounts"),
    f"{_PASSWORDS}.MinimumLength": number(lower=_EASIER, absent=8),
    f"{_PASSWORDS}.RequireLowercase": flag(off=_EASIER),
    f"{_PASSWORDS}.RequireNumbers": flag(off=_EASIER),
    f"{_PASSWORDS}.RequireSymbols": flag(off=_EASIER),
    f"{_PASSWORDS}.RequireUppercase": flag(off=_EASIER),
    f"{_PASSWORDS}.PasswordHistorySize": number(lower=_EASIER, absent=0),
    f"{_PASSWORDS}.TemporaryPasswordValidityDays": number(
        higher=weakens("a temporary password is valid for longer"), absent=7
    ),
    "Policies.SignInPolicy": always(opens("which ways of signing in come first")),
    "AccountRecoverySetting": always(weakens("how a forgotten password is replaced")),
    "AutoVerifiedAttributes": elements(removed=opens("addresses are no longer verified")),
    "UserAttributeUpdateSettings": of_elements(
        added=harmless("a new address is verified first"),
        removed=always(opens("an account may take an address that is not its own")),
    ),
    "UserAttributeUpdateSettings.*": elements(
        removed=opens("an account may take an address that is not its own")
    ),
    "LambdaConfig.*": _trigger,
    "UserPoolAddOns.AdvancedSecurityMode": ranked(
        ("ENFORCED", "AUDIT", "OFF"),
        worse=weakens("suspicious sign-ins are acted on less"),
        absent="OFF",
    ),
    "UserPoolTier": ranked(
        ("PLUS", "ESSENTIALS", "LITE"),
        worse=weakens("a plan with fewer safeguards (no threat protection or passkeys)"),
        absent="ESSENTIALS",
    ),
    "EmailConfiguration": _sender,
    "SmsConfiguration": always(cannot_tell("who sends codes by SMS")),
    "DeviceConfiguration": always(weakens("which devices are remembered")),
    "Schema": always(fails("Cognito does not change attributes of a pool")),
    "UserPoolName": harmless("another name"),
}

_CLIENT: dict[str, Rule] = {
    **dict.fromkeys((*_TOKENS, "TokenValidityUnits", "TokenValidityUnits.*"), _token_lifetime),
    "EnableTokenRevocation": flag(off=weakens("a stolen refresh token cannot be revoked"), default=True),
    "PreventUserExistenceErrors": flag(off=exposes("anyone can find out who has an account"), default=False),
    "ExplicitAuthFlows": elements(
        added=opens("one more way to sign in"),
        removed=disrupts("one way to sign in less"),
    ),
    "WriteAttributes": elements(added=opens("people may change one more attribute of theirs")),
    "ReadAttributes": elements(added=exposes("tokens may tell one more attribute")),
    "SupportedIdentityProviders": elements(
        added=opens("accounts of another provider may sign in"),
        removed=disrupts("accounts of a provider may no longer sign in"),
    ),
    "CallbackURLs": elements(added=opens("tokens may be sent to one more address")),
    "LogoutURLs": elements(added=opens("people may be sent to one more address")),
    "AllowedOAuthFlows": elements(added=opens("one more way to get tokens"), new=True),
    "AllowedOAuthScopes": elements(added=opens("tokens for one more purpose"), new=True),
    "AllowedOAuthFlowsUserPoolClient": flag(on=opens("tokens by OAuth flows too")),
    "AuthSessionValidity": number(higher=weakens("a sign-in may take longer"), absent=3),
    "RefreshTokenRotation": always(weakens("when refresh tokens are replaced")),
    "GenerateSecret": always(disrupts("another client id; browsers keep no secret")),
    "ClientName": harmless("another name"),
    "UserPoolId": always(opens("a client of another user pool")),
}

RULES: dict[str, TypeRules] = {
    "AWS::Cognito::UserPool": TypeRules(
        properties=_POOL,
        harmless=names(
            "EmailVerificationMessage EmailVerificationSubject SmsAuthenticationMessage "
            "SmsVerificationMessage UserPoolTags VerificationMessageTemplate"
        ),
    ),
    "AWS::Cognito::UserPoolClient": TypeRules(
        added=opens("one more client may sign people in"),
        removed=disrupts("the apps with this client id can no longer sign people in"),
        properties=_CLIENT,
    ),
    "AWS::Cognito::UserPoolDomain": TypeRules(
        added=opens("pages to sign in at an address of their own"),
        removed=disrupts("the pages to sign in go"),
        properties={"Domain": always(disrupts("the pages to sign in move"))},
    ),
    "AWS::Cognito::UserPoolIdentityProvider": TypeRules(
        added=opens("accounts of another provider may sign in"),
        removed=disrupts("accounts of a provider may no longer sign in"),
        properties={
            "ProviderDetails": always(opens("whose accounts may sign in")),
            "AttributeMapping": always(opens("which account someone signs in to")),
        },
    ),
    "AWS::Cognito::UserPoolGroup": TypeRules(
        properties={"RoleArn": always(opens("the members act by another role"))},
        harmless=names("Description Precedence"),
    ),
    "AWS::Cognito::UserPoolUser": TypeRules(added=opens("an account made by the template")),
    "AWS::Cognito::UserPoolResourceServer": TypeRules(harmless=names("Name Scopes")),
    "AWS::Cognito::IdentityPool": TypeRules(
        added=opens("people get AWS credentials"),
        properties={
            "AllowUnauthenticatedIdentities": flag(on=opens("anyone gets AWS credentials without signing in"))
        },
    ),
    "AWS::Cognito::IdentityPoolRoleAttachment": TypeRules(
        added=opens("people act by roles of this account"),
        properties={"Roles": always(opens("people act by another role"))},
    ),
    "AWS::IAM::Role": TypeRules(
        properties={
            "PermissionsBoundary": _boundary,
            "MaxSessionDuration": number(
                higher=weakens("stolen credentials are valid for longer"), absent=3600
            ),
        },
        harmless=names("Description Path RoleName Tags"),
        policies=names("AssumeRolePolicyDocument ManagedPolicyArns Policies"),
    ),
    "AWS::IAM::Policy": TypeRules(
        harmless=names("PolicyName"), policies=names("PolicyDocument Roles Users Groups")
    ),
    "AWS::IAM::ManagedPolicy": TypeRules(
        harmless=names("ManagedPolicyName Description Path"),
        policies=names("PolicyDocument Roles Users Groups"),
    ),
    "AWS::IAM::User": TypeRules(
        added=opens("a user with credentials that do not expire"),
        properties={
            "PermissionsBoundary": _boundary,
            "LoginProfile": always(opens("the user may sign in with a password")),
        },
        harmless=names("UserName Path Tags"),
        policies=names("ManagedPolicyArns Policies Groups"),
    ),
    "AWS::IAM::Group": TypeRules(
        harmless=names("GroupName Path"), policies=names("ManagedPolicyArns Policies")
    ),
    "AWS::IAM::UserToGroupAddition": TypeRules(
        added=opens("users get the permissions of a group"), policies=names("Users GroupName")
    ),
    "AWS::IAM::AccessKey": TypeRules(added=opens("a key that does not expire")),
    "AWS::IAM::OIDCProvider": TypeRules(
        added=opens("roles may trust tokens of another issuer"),
        properties={"Url": always(opens("whose tokens roles may trust"))},
        policies=names("ClientIdList ThumbprintList"),
    ),
    "AWS::IAM::SAMLProvider": TypeRules(added=opens("roles may trust another directory")),
    "AWS::IAM::InstanceProfile": TypeRules(added=opens("machines may act by the role")),
    "AWS::IAM::ServiceLinkedRole": TypeRules(harmless=names("Description")),
    **{
        f"AWS::IAM::{kind}Policy": TypeRules(
            harmless=names("PolicyName"), policies=frozenset({"PolicyDocument", f"{kind}Name"})
        )
        for kind in ("Role", "User", "Group")
    },
}
