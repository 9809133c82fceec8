#include "server/network/refusal_log.h"

namespace odradek::network {

void RefusalLog::note(const std::string& peer_host, std::string_view who, std::string_view cause) {
  const base::LogEvery::Pass pass = every_.pass(peer_host);
  if (!pass) return;
  if (cause.ends_with('.')) cause.remove_suffix(1);
  const std::string others =
      pass.skipped > 0 ? " (and " + std::to_string(pass.skipped) + " more from there since)" : "";
  LOG(WARNING) << "[broker " << broker_id_ << "] Connection from " << who << " closed: " << cause
               << others << ".";
}

}  // namespace odradek::network
