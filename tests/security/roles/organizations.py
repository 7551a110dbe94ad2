"""`/organizations`: two chiefs and two clerks are in ours, as admins and members; the rival has another."""

import uuid

from app.core.writes import Write
from app.models.access_patterns import ORGANIZATIONS, USER_PROFILES
from app.models.organizations import Organization, OrgRole
from app.models.users import UserProfile
from tests.security.roles.invitations import invitation
from tests.security.roles.role_fixtures import World, email_of

TABLE = """
                                                             chief clerk rival stranger visitor
POST   /organizations name=Mine                              409   409   409   201      201
GET    {ours}                                                200   200   404   404      404
PATCH  {ours} name=Mine                                      200   403   404   404      404
DELETE {ours}                                                409   403   404   404      404
DELETE {theirs}                                              404   404   204   404      404

GET    {ours}/users                                          200   200   404   404      404
PATCH  {ours}/users/{clerk2} role=admin                      200   403   404   404      404
PATCH  {ours}/users/{chief2} role=member                     200   403   404   404      404
PATCH  {ours}/users/{self} role=member                       200   403   404   404      404
PATCH  {ours}/users/{self} role=admin                        200   403   404   404      404
PATCH  {ours}/users/{rival} role=member                      404   403   404   404      404
DELETE {ours}/users/{clerk2}                                 204   403   404   404      404
DELETE {ours}/users/{chief2}                                 204   403   404   404      404
DELETE {ours}/users/{self}                                   204   204   404   404      404
DELETE {ours}/users/{rival}                                  404   403   404   404      404
DELETE {theirs}/users/{self}                                 404   404   409   404      404

POST   {ours}/invitations email=x@y.z                        201   403   404   404      404
POST   {ours}/invitations email=x@y.z role=admin             201   403   404   404      404
POST   {ours}/invitations/batch invitations=[{{"email":""}}] 200   403   404   404      404
GET    {ours}/invitations                                    200   403   404   404      404
DELETE {ours}/invitations/{to_visitor}                       204   403   404   404      404
POST   /invitations/{to_visitor}/accept                      404   404   404   404      200
POST   /invitations/{to_visitor}/decline                     404   404   404   404      204
"""
USERS = {"chief": "ours", "chief2": "ours", "clerk": "ours", "clerk2": "ours", "rival": "theirs"}


def items(world: World) -> list[Write]:
    ids = {name: world.make(name) for name in ("ours", "theirs")}
    world.names |= {who: str(uuid.uuid5(uuid.NAMESPACE_DNS, who)) for who in USERS}
    world.names |= {name: f"/organizations/{org_id}" for name, org_id in ids.items()}
    organizations = [
        Organization(org_id=ids["ours"], name="Ours", member_count=4, admin_count=2, **world.stamps),
        Organization(org_id=ids["theirs"], name="Theirs", member_count=1, admin_count=1, **world.stamps),
    ]
    profiles = [
        UserProfile(
            user_id=world.names[who],
            email=email_of(who),
            name=who,
            org_id=ids[name],
            org_role=OrgRole.MEMBER if who.startswith("clerk") else OrgRole.ADMIN,
            **world.stamps,
        )
        for who, name in USERS.items()
    ]
    return [
        *map(ORGANIZATIONS.create, organizations),
        *map(USER_PROFILES.create, profiles),
        *invitation(
            world, "to_visitor", "visitor", target_kind="organization", target_id=ids["ours"], inviter="chief"
        ),
    ]
