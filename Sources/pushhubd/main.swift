import ArgumentParser
import CLinux
import CSystemd
import Configuration
import HTTPTypes
import HubCore
import Hummingbird
import HummingbirdCore
import JWTKit
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

print(sd_booted(), EPOLL_CLOEXEC)
