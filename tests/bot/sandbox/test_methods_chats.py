"""Looking at chats and members: what a bot may know."""


async def test_a_stranger_is_no_chat_yet_and_a_blocker_still_is(sandbox, call):
    shy, bo = sandbox.person("Shy"), sandbox.person("Bo")
    bo.says("hi")
    bo.blocks_bot()

    unknown = await call("getChat", chat_id=shy.id)
    blocked = await call("getChat", chat_id=bo.id)

    assert unknown["description"] == "Bad Request: chat not found"
    assert blocked["result"]["first_name"] == "Bo"


async def test_members_are_looked_up_one_by_one(sandbox, call):
    ana, bo = sandbox.person("Ana"), sandbox.person("Bo")
    group = sandbox.group("Staff", administrators=[ana]).add_bot(by=ana)
    ana.says("hi")

    statuses = [
        (await call("getChatMember", chat_id=group.id, user_id=user))["result"]["status"]
        for user in (ana.id, bo.id)
    ]
    unknown = await call("getChatMember", chat_id=group.id, user_id=5)
    private = await call("getChatAdministrators", chat_id=ana.id)
    pinned = await call("pinChatMessage", chat_id=group.id, message_id=1)

    assert statuses == ["creator", "left"]
    assert unknown["description"] == "Bad Request: PARTICIPANT_ID_INVALID"
    assert private["description"] == "Bad Request: there are no administrators in the private chat"
    assert pinned["description"] == "Bad Request: not enough rights to manage pinned messages in the chat"
