/// Key files as `openssl genpkey` and `openssl pkey -pubout` write them. They are for these tests alone.
enum KeyFixtures {
  /// `-algorithm RSA -pkeyopt rsa_keygen_bits:2048`
  static let rsaPrivate = """
    -----BEGIN PRIVATE KEY-----
    MIIEvwIBADANBgkqhkiG9w0BAQEFAASCBKkwggSlAgEAAoIBAQCf3WiY2Y3aORsB
    oIvEooRGKEBXaLNFJxe15MbWuk5EukylaqH/rtLU+thqYbV+w0zxLD4qLxLJrhQP
    +yIkWMCXT9uYCJEpoWWknnwfKEdRzHBTyg6A7YiFJtWZLuLqmJChtsn/C4H/HAGF
    zHqM+I5ieCQ6EroixywGQaxLLpW6XJP8wOlLmxxhljAlngPebHWG+p9J/hM6BMGZ
    rnT0tgBcVqalgNlhxjisr1ryCF4CYh9eL5NsBUhu2+KmLt5ovvJpcruxjyM1TzmQ
    CzS2oIqSYUEGtTeSuDvGNdrlDbYQ3NB3HPXG4GCXKdMcfAwSPZmJWSXmbOaiabjU
    bJesMbe1AgMBAAECggEADOlH4lhnwYEtMjNyNl5dyoDDuYuGNwaSPqmMeZkwaxKU
    0CNNlCXdd0APLIBZtTQ2yZ+mIagNn2ZEzomc10ynuVDEzoGan78eQ25dXfLV18Bo
    Lgw6oaUNipt5UtbbktDhlX360HNwe1catGCwYSRN85v6aQpMKDTn1FWHgcbwZs2k
    oxV9Vq3lBZbrss0d58U5+U3EnUD5CxLRnohGnupkYhlSQOzM9zZTjOClTFcFJ1Cc
    pmoxJKd0a7jN7Suwj9IMlpfuKpm/SZo++1zuq7tfloB/3hyq65EM77ifI/ih+6fb
    TawpmACpFsoYQ+T2smdkIIZhmr/DkFfDns3hu9IZnQKBgQDOSYToCUGqyD+kfwZ4
    Mjxdj6qcgzcciOw26Sz3ERnn5/IKsbEEqIWI5uykYTEXAuAGQ0dhVxB+YWVGVSV0
    dh/1ahCyiSlnyKxSth7QgEumwCCOD985vnwgyB23vupzJ94ZkMe3xZ33fNcqls/V
    rkqyRAfjKTL5JPdJZM/SSwI1kwKBgQDGY/TvZ29Fauji6oGmbKD93wugKFnWCury
    nEtELfKCvSY/qJm3BsTVV8RyIQD+PWEdQ2WUwWZM0zhVH5PAvVc9+FhHClFshduC
    gt6CQ3wlv/db0/A0Rw544a01EGJVIUzsgwP5jzNdR6H5upLjeUYdfivFXmlcACnv
    0dGoOr4qlwKBgQDHohBz+ZlKLFai26coJP2UUdd7deScwclPbqLsSul2K1pqjQHR
    j0EDdu8mOUSnj0m75dorUnWMyLaYtQf1R+evucCE9wZSALr7pHH3t2D+88nNkYCm
    wjggBWn1C1aasMdYmGse5qjz/CXCeoaRtQVmtT2o0ZMZ13NU3LHeQmbV7wKBgQCl
    FSwNwp4+v1WG7OhxmdblKaK85JbMm00iEJg45Zr023xmYF94g3Nqq5vV9EylQmH7
    PcfbXotHxkML4jjKm0NrV6ntg1J54XDlSwzojEtUBkdI7DTm63HJeNDuZPHOMOWX
    sPWvxk9RgXfxHCV6j8GebQzzMTquyZwb6RZyzF7NhQKBgQCErUwwk9C98Indo85s
    /CKJP3fre/2OnLG/PDeNzg5P+/WFP67TDEnJPa5aH+e+yZS2xXB3Kd5p9aDJM7Fy
    NBlTo8zL3QwdckrFW3qpKcY/UM/xfu0jhlwZk4lg6CQNoEvtlgxeTGJ14k1m/P8Y
    JADBC3xFQikjb4VMP27J8OK9Xg==
    -----END PRIVATE KEY-----
    """

  /// Of `rsaPrivate`.
  static let rsaPublic = """
    -----BEGIN PUBLIC KEY-----
    MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAn91omNmN2jkbAaCLxKKE
    RihAV2izRScXteTG1rpORLpMpWqh/67S1PrYamG1fsNM8Sw+Ki8Sya4UD/siJFjA
    l0/bmAiRKaFlpJ58HyhHUcxwU8oOgO2IhSbVmS7i6piQobbJ/wuB/xwBhcx6jPiO
    YngkOhK6IscsBkGsSy6VulyT/MDpS5scYZYwJZ4D3mx1hvqfSf4TOgTBma509LYA
    XFampYDZYcY4rK9a8gheAmIfXi+TbAVIbtvipi7eaL7yaXK7sY8jNU85kAs0tqCK
    kmFBBrU3krg7xjXa5Q22ENzQdxz1xuBglynTHHwMEj2ZiVkl5mzmomm41GyXrDG3
    tQIDAQAB
    -----END PUBLIC KEY-----
    """

  /// Of `rsaPrivate`, by `openssl rsa -RSAPublicKey_out`.
  static let rsaPKCS1 = """
    -----BEGIN RSA PUBLIC KEY-----
    MIIBCgKCAQEAn91omNmN2jkbAaCLxKKERihAV2izRScXteTG1rpORLpMpWqh/67S
    1PrYamG1fsNM8Sw+Ki8Sya4UD/siJFjAl0/bmAiRKaFlpJ58HyhHUcxwU8oOgO2I
    hSbVmS7i6piQobbJ/wuB/xwBhcx6jPiOYngkOhK6IscsBkGsSy6VulyT/MDpS5sc
    YZYwJZ4D3mx1hvqfSf4TOgTBma509LYAXFampYDZYcY4rK9a8gheAmIfXi+TbAVI
    btvipi7eaL7yaXK7sY8jNU85kAs0tqCKkmFBBrU3krg7xjXa5Q22ENzQdxz1xuBg
    lynTHHwMEj2ZiVkl5mzmomm41GyXrDG3tQIDAQAB
    -----END RSA PUBLIC KEY-----
    """

  /// Of `rsaPrivate`, by `openssl req -x509 -subj /CN=x`.
  static let rsaCertificate = """
    -----BEGIN CERTIFICATE-----
    MIIC+zCCAeOgAwIBAgIUQIShpJozMFLxHijc+vGLYGSywv8wDQYJKoZIhvcNAQEL
    BQAwDDEKMAgGA1UEAwwBeDAgFw0yNjExMjUxNjMwMjJaGA8yMDU0MDQxMTE2MzAy
    MlowDDEKMAgGA1UEAwwBeDCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEB
    AJ/daJjZjdo5GwGgi8SihEYoQFdos0UnF7Xkxta6TkS6TKVqof+u0tT62GphtX7D
    TPEsPiovEsmuFA/7IiRYwJdP25gIkSmhZaSefB8oR1HMcFPKDoDtiIUm1Zku4uqY
    kKG2yf8Lgf8cAYXMeoz4jmJ4JDoSuiLHLAZBrEsulbpck/zA6UubHGGWMCWeA95s
    dYb6n0n+EzoEwZmudPS2AFxWpqWA2WHGOKyvWvIIXgJiH14vk2wFSG7b4qYu3mi+
    8mlyu7GPIzVPOZALNLagipJhQQa1N5K4O8Y12uUNthDc0Hcc9cbgYJcp0xx8DBI9
    mYlZJeZs5qJpuNRsl6wxt7UCAwEAAaNTMFEwHQYDVR0OBBYEFL79+jGupNjwDLNM
    q915E/vqltQTMB8GA1UdIwQYMBaAFL79+jGupNjwDLNMq915E/vqltQTMA8GA1Ud
    EwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEBAGYmgFn0jbB1WqHgHIlF0Q1k
    uRPe6b+646CgQ2lLHBZQCQVpjG439g42Uz2NWsp/+BC4run5F+6ZLiLoKQz1tpuQ
    fl5W5lAyngj3yjtO4738xQOeoqy/cpRz2t72c3+XUblJ/8f6w7w09uBlU1KVKEe+
    xHREBoGtKVIRr3mTPwfhVoTQb3hinFeL4sHtJiB8Gl+aMFiPvgvAfAOsrkOZAvxZ
    PFJ4f8MW5P66EapnLX1g7bjqPFuseG/VWnCTo3zUjM7eczYWG3H6m0uqfYxBXt6S
    LrkZxHt9xbF8BT0+JlSJp7SHSSihgCOvbwJ0cF4sQT/eHODW3xK1XNCVlimBDpg=
    -----END CERTIFICATE-----
    """

  /// `rsa_keygen_bits:1024`: too weak.
  static let rsa1024 = """
    -----BEGIN PUBLIC KEY-----
    MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCxAbrKdPskai40dNjJDTSxVU1x
    lnssXjiTqlIwtbg9c4Ky319b9LAI8F9M3BpqLFdzG7huO/CPI/nMBktLMNJyw+IX
    3Qvkk7l/scZPL5u4Xdq2NBJlAYbLFv9FPc2dd/6bSbb2G88Na3f/JXnwf6v3eSv9
    icElbQtiQ/hqMz9UowIDAQAB
    -----END PUBLIC KEY-----
    """

  /// `-algorithm RSA-PSS`: not for RS256.
  static let rsaPSS = """
    -----BEGIN PUBLIC KEY-----
    MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBAIJlxZSzjaSbzSia19EOxtSw
    6USpz08bB26+88m7bAjSByTf4ycTAVWDq3bkIT+AqjO03XuXLHZ4y/gV9C/uqhBk
    xl2Wgp9XGYy6k5Vy3x2Gw4SRmT665NwSUsm3VgVPpO3Q/BsH9kbMlzJUtk9IwycQ
    91waPjkeIZLAmSOWAk7r6z82CM7V43RtCS8Ng8pNtTHW4B7P0ZgVJLpxCm7aLe5R
    xbidhMNpsSJSck6C0GVH4UkuBMkLGUZ3F6pHWsoh3ZttCn9bKjmTLAScNY4zCnPg
    CFY0HtcOQ3pf74YriP1UaHsQkDAjdf9W22hR7wvv/ARvqavUulDzx4dXb0FWqQUC
    AwEAAQ==
    -----END PUBLIC KEY-----
    """

  /// `-algorithm EC -pkeyopt ec_paramgen_curve:P-256`
  static let p256Private = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdOxbJO0qI2ljuz4t
    OFL79hi2Q5YExFrfBd8uyoQ2pTKhRANCAAQlRUQAvw6XVzB9Ryxc8J30Ryc2pUgC
    NMJJo1g+ErCtvckYyyiEglHBuVc2rg8GJhk7ZLHmxROe1vcIwR1C7ba8
    -----END PRIVATE KEY-----
    """

  /// Of `p256Private`.
  static let p256Public = """
    -----BEGIN PUBLIC KEY-----
    MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEJUVEAL8Ol1cwfUcsXPCd9EcnNqVI
    AjTCSaNYPhKwrb3JGMsohIJRwblXNq4PBiYZO2Sx5sUTntb3CMEdQu22vA==
    -----END PUBLIC KEY-----
    """

  /// `ec_paramgen_curve:P-384`: not supported.
  static let p384Public = """
    -----BEGIN PUBLIC KEY-----
    MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEblREgItzB3IO7JfR2DtDiNSD1WlRQ+tm
    ZoD+T7ZAB5Hxm2GW5UwmrYk+fggnuWjDGpzPWkVUtAyBQ8NyZHpT03KlgNQCWbkt
    omeAwIWXSiDwsKc55HdpHyRGkhb+t/+7
    -----END PUBLIC KEY-----
    """

  /// `-algorithm ED25519`
  static let ed25519Private = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEILBFwutrCbeRjygGpw10480pCd1xD58AeZW2hoNndZ9a
    -----END PRIVATE KEY-----
    """

  /// Of `ed25519Private`.
  static let ed25519Public = """
    -----BEGIN PUBLIC KEY-----
    MCowBQYDK2VwAyEAggg9KX87a1ZtUh3LJpNX988yvPofy1IyvFI6Dfkyj7A=
    -----END PUBLIC KEY-----
    """

  /// `-algorithm X25519`: not for signatures.
  static let x25519Public = """
    -----BEGIN PUBLIC KEY-----
    MCowBQYDK2VuAyEAw6gX8M0LjcdTxW5acrd06rmKMnyph+XRtaB/+5MKiyo=
    -----END PUBLIC KEY-----
    """

  /// `-algorithm ED448`: not supported.
  static let ed448Public = """
    -----BEGIN PUBLIC KEY-----
    MEMwBQYDK2VxAzoAlP3+bMNcbtHIWw3ZoeQeoXtlxguCnjyEMAOJpFbzdqDX2q5j
    Rj1SW2aHmo8ntH0S8AezTzX4WQmA
    -----END PUBLIC KEY-----
    """
}
