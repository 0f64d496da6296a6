// A node's configuration: any bytes are one, or errors that say where; and what is read can be checked without a file.
#include <cstddef>
#include <cstdint>

#include "node/base/check.h"
#include "node/base/error.h"
#include "node/main/config_parts.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto config = tamga::node::ParseConfigText({reinterpret_cast<const char*>(data), size}, "node.txtpb");
  if (!config.ok()) {
    TAMGA_CHECK(tamga::ReasonOf(config.status()) == "CONFIG_INVALID" && !config.status().message().empty());
    return 0;
  }
  tamga::node::Mistakes mistakes;
  tamga::node::ResolveCredentials("/run/credentials", *config, mistakes);
  tamga::node::ResolvePaths("/etc/tamga", *config);
  TAMGA_CHECK(config->data_dir().empty() || config->data_dir().front() == '/');
  tamga::node::CheckListenAddress("listen", config->listen(), mistakes);
  tamga::node::CheckListenAddress("log_listen", config->log_listen(), mistakes);
  tamga::node::CompleteLimits(1024, *config->mutable_limits(), mistakes);
  (void)tamga::node::CheckPartners(*config, mistakes);
  tamga::node::CheckAuditors(*config, mistakes);
  (void)mistakes.ToStatus().ok();
  return 0;
}
