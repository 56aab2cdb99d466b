"""Groups as their people run them: adding and removing, promoting, upgrading, deleting."""

from collections.abc import Iterable
from dataclasses import replace

from bot.sandbox.errors import SandboxError
from bot.sandbox.membership import change_member, service_message
from bot.sandbox.people import ChatView, Person
from bot.sandbox.state import Chat, ChatKind, Happening, Member, SeenMessage, Toast, User, World


class Group:
    """A group chat. The bot is not in it before `add_bot`."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self._chat = chat

    @classmethod
    def create(
        cls,
        world: World,
        title: str,
        members: Iterable[Person],
        administrators: Iterable[Person],
        *,
        supergroup: bool,
    ) -> "Group":
        kind = ChatKind.SUPERGROUP if supergroup else ChatKind.GROUP
        chat = Chat(_new_id(world, kind), kind, title)
        for person in members:
            chat.members[person.id] = Member(person.user)
        for number, person in enumerate(administrators):
            chat.members[person.id] = Member(person.user, "administrator" if number else "creator")
        world.chats[chat.id] = chat
        return cls(world, chat)

    @property
    def id(self) -> int:
        return self._chat.id

    @property
    def title(self) -> str:
        return self._chat.title

    @property
    def chat(self) -> ChatView:
        return ChatView(self._world, self._chat)

    @property
    def messages(self) -> list[SeenMessage]:
        return self.chat.messages

    @property
    def last(self) -> SeenMessage:
        return self.chat.last

    @property
    def toasts(self) -> list[Toast]:
        return self.chat.toasts

    @property
    def history(self) -> list[Happening]:
        return self.chat.history

    def add_bot(self, by: Person, *, administrator: bool = False, payload: str | None = None) -> "Group":
        """Bring the bot in; with a payload as by a `?startgroup=` link, which also sends /start with it."""
        self._inside(by)
        bot = self._world.bot
        self._change(bot, "administrator" if administrator else "member", by)
        service_message(self._world, self._chat, by.user, {"new_chat_members": [bot.to_json()]})
        if payload is not None:
            by.says(f"/start@{bot.username} {payload}", in_=self)
        return self

    def remove_bot(self, by: Person) -> None:
        self._inside(by)
        self._change(self._world.bot, "kicked", by)
        fields = {"left_chat_member": self._world.bot.to_json()}
        service_message(self._world, self._chat, by.user, fields)

    def adds(self, person: Person, by: Person) -> None:
        self._inside(by)
        self._change(person.user, "member", by)
        service_message(self._world, self._chat, by.user, {"new_chat_members": [person.user.to_json()]})

    def removes(self, person: Person, by: Person) -> None:
        self._inside(by)
        self._change(person.user, "kicked", by)
        service_message(self._world, self._chat, by.user, {"left_chat_member": person.user.to_json()})

    def leaves(self, person: Person) -> None:
        self._inside(person)
        self._change(person.user, "left", person)
        service_message(self._world, self._chat, person.user, {"left_chat_member": person.user.to_json()})

    def promotes(self, person: Person, by: Person) -> None:
        self._inside(by)
        self._change(person.user, "administrator", by)

    def demotes(self, person: Person, by: Person) -> None:
        self._inside(by)
        self._change(person.user, "member", by)

    def promotes_bot(self, by: Person) -> None:
        self._inside(by)
        self._change(self._world.bot, "administrator", by)

    def renames(self, title: str, by: Person) -> None:
        self._inside(by)
        self._chat.title = title
        service_message(self._world, self._chat, by.user, {"new_chat_title": title})

    def upgrade(self) -> None:
        """A basic group becomes a supergroup with a new id; the old id is refused from now on."""
        if self._chat.kind is not ChatKind.GROUP:
            raise SandboxError("Only a basic group can be upgraded.")
        old = self._chat
        kind = ChatKind.SUPERGROUP
        new = Chat(_new_id(self._world, kind), kind, old.title)
        new.members = {user_id: replace(member) for user_id, member in old.members.items()}
        self._world.chats[new.id] = new
        founder = next(iter(old.members.values())).user
        service_message(self._world, old, founder, {"migrate_to_chat_id": new.id})
        old.migrated_to = new.id
        self._chat = new
        service_message(self._world, new, founder, {"migrate_from_chat_id": old.id})

    def delete(self) -> None:
        self._chat.is_deleted = True

    def _change(self, user: User, status: str, by: Person) -> None:
        change_member(self._world, self._chat, user, status, by=by.user)

    def _inside(self, person: Person) -> None:
        member = self._chat.members.get(person.id)
        if self._chat.is_deleted or member is None or not member.is_inside:
            raise SandboxError(f"{person.first_name} is not in {self.title}.")


def _new_id(world: World, kind: ChatKind) -> int:
    number = next(world.numbers)
    return -1_002_000_000_000 - number if kind is ChatKind.SUPERGROUP else -4_000_000 - number
