"""Where a number of the United States is, by its area code: for the hours in which nobody wants to be called.

Source: the area codes that the North American Numbering Plan Administrator lists by state, with each state's zone; of a
state with two zones, the one in which most of the code's people live. A mobile phone travels: this is the best guess
that a number allows. Canada, the Caribbean and codes that are newer than this list are where the practice is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

NORTH_AMERICAN = 11  # digits, the country's 1 included

_CODES = {
    "America/New_York": """
        201 202 203 207 212 215 216 220 223 227 229 234 239 240 248 252 260 267 272 276 283 301 302 304 305 313 315 317
        321 324 326 329 330 332 336 339 347 351 352 363 380 386 401 404 407 410 412 413 419 423 434 440 443 445 448 463
        470 472 475 478 484 508 513 516 517 518 540 551 561 567 570 571 574 582 585 586 603 606 607 609 610 614 616 617
        631 640 645 646 656 667 678 679 680 681 686 689 703 704 706 716 717 718 724 727 728 732 734 740 743 754 757 762
        765 770 771 772 774 781 786 802 803 804 810 813 814 821 826 828 835 838 839 843 845 848 854 856 857 859 860 861
        862 863 864 865 878 904 908 910 914 917 919 929 930 934 937 941 943 947 948 954 959 973 978 980 984 989""",
    "America/Chicago": """
        205 210 214 217 218 219 224 225 228 235 251 254 256 262 270 274 281 308 309 312 314 316 318 319 320 325 327 331
        334 337 346 353 361 364 402 405 409 414 417 430 432 447 464 469 479 501 504 507 512 515 531 534 539 557 563 572
        573 580 601 605 608 612 615 618 620 629 630 636 641 651 659 660 662 682 701 708 712 713 715 726 730 731 737 763
        769 773 779 785 806 812 815 816 817 830 832 847 850 870 872 901 903 913 918 920 931 936 938 940 945 952 956 972
        975 979 985""",
    "America/Denver": "303 307 385 406 435 505 575 719 720 801 915 970 983 986 208",
    "America/Phoenix": "480 520 602 623 928",
    "America/Los_Angeles": """
        206 209 213 253 279 310 323 341 350 360 369 408 415 424 425 442 458 503 509 510 530 541 559 562 564 619 626 628
        650 657 661 669 702 707 714 725 738 747 760 775 805 818 820 831 837 840 858 909 916 925 949 951 971""",
    "America/Anchorage": "907",
    "Pacific/Honolulu": "808",
}
_ZONES: Mapping[str, str] = {code: zone for zone, codes in _CODES.items() for code in codes.split()}


def zone_of(number: str, default: ZoneInfo) -> ZoneInfo:
    """The zone of the number's area code; `default` where the number does not tell."""
    digits = "".join(digit for digit in number if digit.isdecimal())
    if not number.startswith("+") and len(digits) == NORTH_AMERICAN - 1:
        digits = f"1{digits}"
    if len(digits) != NORTH_AMERICAN or not digits.startswith("1"):
        return default
    zone = _ZONES.get(digits[1:4])
    return ZoneInfo(zone) if zone else default
