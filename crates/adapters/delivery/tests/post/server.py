"""An SMTP server with moods, told by the recipient's name. It ends when its standard input does.

Arguments: the directory for accepted mail, the mode (plain, starttls or tls), and for the last two a certificate and its key.
With TLS it wants the login `folio` / `a password`. The first line it prints is its port.
"""

import asyncio
import logging
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

# What clients do wrong here is what the tests are about.
logging.disable()
directory, mode = sys.argv[1:3]
seen = set()
count = 0


class Moods:
    async def handle_RCPT(self, server, session, envelope, address, options):
        mood = address.split("@")[0]
        if mood == "grey" and address not in seen:
            seen.add(address)
            return "451 4.7.1 Greylisted, come back later"
        if mood == "bounce":
            return "550 5.1.1 No such user here"
        if mood == "relay":
            return "554 5.7.1 Relay access denied"
        if mood == "drop-early":
            server.transport.abort()
            return "250 OK"
        if mood == "silent-early":
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address == "nobody@operator.example":
            return "550 5.1.8 Sender refused"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mood = envelope.rcpt_tos[0].split("@")[0]
        if mood == "full":
            return "452 4.2.2 Mailbox full"
        if mood == "spam":
            return "554 5.6.0 Looks like spam"
        keep(envelope)
        if mood == "drop-late" and mood not in seen:
            seen.add(mood)
            server.transport.abort()
        if mood == "silent-late":
            await asyncio.sleep(3600)
        return "250 OK"


def keep(envelope):
    """Whole before it is answered, with the envelope on top."""
    global count
    count += 1
    path = os.path.join(directory, f"{count:04}.eml")
    with open(path + ".draft", "wb") as file:
        for recipient in envelope.rcpt_tos:
            file.write(f"X-Recipient: {recipient}\r\n".encode())
        file.write(envelope.original_content)
    os.rename(path + ".draft", path)


def authenticate(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (b"folio", b"a password")
    return AuthResult(success=good, handled=good)


async def main():
    context = None
    if mode != "plain":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*sys.argv[3:5])

    def session():
        login = {"auth_required": mode != "plain", "authenticator": authenticate}
        if mode == "starttls":
            return SMTP(Moods(), tls_context=context, require_starttls=True, **login)
        return SMTP(Moods(), auth_require_tls=False, **login)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=context if mode == "tls" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    os._exit(0)


asyncio.run(main())
