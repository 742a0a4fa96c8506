"""four processes on postgres: append acts + reminders-like transactions with outbox/inbox rows, against each other"""

import asyncio, sys, subprocess, os, time, random
