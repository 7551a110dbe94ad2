"""E-mail addresses: which are accepted, and how they are normalized.

The grammar is the dot-atom form of RFC 5321's `Mailbox`, in ASCII: no quoted parts, comments, display names,
address literals or final dots, which mail servers drop or rewrite so that one mailbox would have many
spellings. Letters outside ASCII are refused, as Amazon SES takes none in a local part and takes domains in
Punycode only: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html
"""

import re
import string

MAX_LENGTH = 254  # RFC 5321 4.5.3.1.3, without its angle brackets (erratum 1690)
_ATOM = r"[a-z0-9!$%&'*+/=?^_`{|}~-]+"  # without `#`, which separates the parts of a key
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?![0-9]+\Z){_LABEL}")
_LOWER_CASE = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def normalize(address: str) -> str | None:
    """The address trimmed and in lower case, both in ASCII only; None if it is not accepted."""
    normal = address.strip(string.whitespace).translate(_LOWER_CASE)
    return normal if len(normal) <= MAX_LENGTH and _ADDRESS.fullmatch(normal) else None
