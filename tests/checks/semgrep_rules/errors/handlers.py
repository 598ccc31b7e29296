def run(job, log):
    # expect: errors.swallowed.py fact.errors.handler.py
    try:
        job()
    except Exception:
        pass
    # expect: errors.swallowed.py fact.errors.handler.py
    try:
        job()
    except:
        pass
    # expect: errors.log-only.py fact.errors.handler.py
    try:
        job()
    except Exception as error:
        print(error)
    # clean: errors.swallowed.py
    # clean: errors.log-only.py
    # expect: fact.errors.handler.py
    try:
        job()
    except Exception:
        log.exception("The job failed")
        raise
    # clean: errors.swallowed.py
    # expect: fact.errors.handler.py
    try:
        job()
    except FileNotFoundError:
        pass
    # clean: fact.errors.handler.py
    try:
        job()
    finally:
        log.info("done")
