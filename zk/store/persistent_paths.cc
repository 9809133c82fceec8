#include "zk/store/persistent_paths.h"

#include "zk/data/paths.h"
#include "zk/store/nodes.h"

namespace odradek::zk {

base::Status create_persistent_paths(Session& session) {
  return make_persistent(session, paths::kPersistentPaths);
}

}  // namespace odradek::zk
