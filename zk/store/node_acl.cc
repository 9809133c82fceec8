#include "zk/store/node_acl.h"

#include "zk/data/paths.h"

namespace odradek::zk {

Acl secure_acl(std::string_view path) {
  // Old consumers of any user keep their state there.
  if (path == paths::kConsumers) return Acl::kOpen;
  for (std::string_view sensitive :
       {paths::kConfigUsers, paths::kConfigBrokers, paths::kDelegationTokens}) {
    if (path.starts_with(sensitive)) return Acl::kCreatorAll;
  }
  return Acl::kCreatorAllWorldRead;
}

}  // namespace odradek::zk
