"""The conversation as people see it: one file for each thing a person can do. `register_all` is its contents."""

from typing import Any

from telegram.ext import Application

from bot.app import Conversation
from bot.services import Services
from handlers import (
    alerts,
    aside,
    assign,
    checkin,
    concerns,
    discharge,
    free_text,
    help_now,
    inviting,
    joining,
    learn,
    leaving,
    measure,
    menus,
    missed,
    practice,
    presence,
    preview,
    privacy,
    records,
    relink,
    settings,
    staff_group,
    starting,
    strange,
    team,
)
from handlers.routing import Routes


def conversation() -> Conversation:
    """What `bot.app` needs of this package."""
    return Conversation(register=register_all, aside=aside.put_aside, publish_menus=menus.publish)


def register_all(application: "Application[Any, Any, Any, Any, Any, Any]", services: Services) -> Routes:
    """Every route. What hears all messages comes first, the catch-all last."""
    routes = Routes(application, services)
    presence.register(routes)  # a chat that writes can be reached again; blocked and removed chats
    concerns.register(routes)  # every text of a person is heard, whatever else it is
    joining.register(routes)  # /start and a link, consent, set-up
    settings.register(routes)  # /settings
    leaving.register(routes)  # /pause, /stop, coming back
    privacy.register(routes)  # /privacy, /help
    records.register(routes)  # /export, /delete; for oneself, or by staff with a code
    help_now.register(routes)  # /help_now
    checkin.register(routes)  # /checkin and the daily check-in
    learn.register(routes)  # /learn
    assign.register(routes)  # staff: /assign
    practice.register(routes)  # trying a skill; /skills
    alerts.register(routes)  # staff: /alerts, claim, reveal, reply, drills
    missed.register(routes)  # staff: /missed
    inviting.register(routes)  # staff: /invite and confirming a colleague
    starting.register(routes)  # staff: where a new participant comes from
    relink.register(routes)  # staff: /relink
    measure.register(routes)  # staff: /measure
    discharge.register(routes)  # staff: /discharge, /readmit
    team.register(routes)  # administrators: /staff
    staff_group.register(routes)  # staff: /staff_group, /content
    preview.register(routes)  # staff: /preview
    strange.register(routes)  # voice, stickers and the like
    free_text.register(routes)  # typed replies, and whatever nobody understood
    return routes
