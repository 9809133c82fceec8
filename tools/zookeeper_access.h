// open_zookeeper: the session of a tool that works on ZooKeeper itself.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "zk/client/session.h"

namespace odradek::tools {

// "host:port,host:port/chroot"; fails when nobody answers within half a minute.
base::Result<std::unique_ptr<zk::Session>> open_zookeeper(const std::string& connect);

}  // namespace odradek::tools
