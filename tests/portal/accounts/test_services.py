from portal.accounts import services


def test_a_nickname_is_taken_once_whatever_its_case(database, make):
    make.person("Quiet Heron")
    try:
        services.check_nickname("quiet  HERON")
    except services.NicknameTaken:
        return
    raise AssertionError("the nickname was free")
