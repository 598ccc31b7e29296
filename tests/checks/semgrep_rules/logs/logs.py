import logging

import structlog

logger = logging.getLogger(__name__)
# expect: fact.log.structured.py
structlog.configure(processors=[])
# clean: fact.log.structured.py
logging.basicConfig(level="INFO")
# expect: fact.log.call.py
logger.info("started")
# clean: fact.log.call.py
math.log(2)
# expect: fact.log.print.py
print("started")
# clean: fact.log.print.py
pprint("started")
