// DeleteGroups (key 42): empty groups go, with everything they committed.
#include <atomic>
#include <utility>

#include "server/api/apis.h"
#include "server/group/group_removal.h"

namespace odradek::api {
namespace {

// The last group answers for all.
struct Deletions {
  SharedContext context;
  protocol::DeleteGroupsResponse response;
  std::atomic<std::size_t> left{0};

  void finish_one() {
    if (--left == 0) context->reply(response);
  }
};

}  // namespace

void delete_groups(Services& services, RequestContext context,
                   protocol::DeleteGroupsRequest request) {
  if (request.groups_names.empty()) return context.reply(protocol::DeleteGroupsResponse());
  auto deletions = std::make_shared<Deletions>();
  deletions->context = share(std::move(context));
  for (std::string& name : request.groups_names) {
    deletions->response.results.push_back({.group_id = std::move(name)});
  }
  std::size_t count = deletions->response.results.size();
  deletions->left = count;
  for (std::size_t i = 0; i < count; ++i) {
    services.group_removal.remove_group(deletions->response.results[i].group_id,
                                        [deletions, i](ErrorCode error) {
                                          deletions->response.results[i].error_code = error;
                                          deletions->finish_one();
                                        });
  }
}

}  // namespace odradek::api
