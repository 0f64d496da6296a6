#include "node/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tamga::cli {

// A command: CLI11's part of it, what it does, and the commands below it.
struct Command::Node {
  CLI::App* app;
  std::unique_ptr<CLI::App> owned;  // the root's
  Action action;
  std::vector<std::unique_ptr<Node>> children;

  CLI::Option* AddOption(const std::string& name, const std::string& help, Argument argument) {
    auto take = [name, take = std::move(argument.take)](const CLI::results_t& words) {
      // CLI11 knows errors as exceptions only; Parse turns them back into a status. An empty value is most often a
      // script's variable that was not set; taken as none, it would quietly widen what is asked for.
      if (std::count(words.begin(), words.end(), "") > 0) {
        throw CLI::ValidationError(name, "must not be empty; leave it out if it is not meant");
      }
      if (const absl::Status status = take(words); !status.ok()) {
        throw CLI::ValidationError(name, std::string(status.message()));
      }
      return true;
    };
    const std::string choices = argument.choices.empty() ? "" : absl::StrCat(": ", argument.choices);
    CLI::Option* option = app->add_option(name, std::move(take), absl::StrCat(help, choices));
    option->type_name(argument.placeholder)->expected(1, argument.at_most);
    if (option->get_positional()) option->allow_extra_args(argument.at_most > 1);
    return option;
  }

  // The deepest command that was given.
  Node& Chosen() {
    for (const std::unique_ptr<Node>& child : children) {
      if (child->app->parsed()) return child->Chosen();
    }
    return *this;
  }
};

Command Command::Add(const std::string& name, const std::string& help) const {
  auto child = std::make_unique<Node>();
  child->app = node_->app->add_subcommand(name, help);
  child->app->fallthrough();
  child->app->footer("");
  return Command(node_->children.emplace_back(std::move(child)).get());
}

void Command::Required(const std::string& name, const std::string& help, Argument argument) const {
  node_->AddOption(name, help, std::move(argument))->required();
}

void Command::Optional(const std::string& name, const std::string& help, Argument argument) const {
  node_->AddOption(name, help, std::move(argument));
}

void Command::OptionalOrVariable(const std::string& name, const std::string& variable, const std::string& help,
                                 Argument argument) const {
  node_->AddOption(name, help, std::move(argument))->envname(variable);
}

void Command::Flag(const std::string& name, const std::string& help, bool& target) const {
  node_->app->add_flag(name, target, help);
}

void Command::Run(Action action) const { node_->action = std::move(action); }

CommandLine::CommandLine(const std::string& description, const std::string& footer, const std::string& version)
    : root_(std::make_unique<Command::Node>()) {
  root_->owned = std::make_unique<CLI::App>(description, "tamga");
  root_->app = root_->owned.get();
  root_->app->footer(footer);
  root_->app->set_help_flag("-h,--help", "Say what the command does and takes");
  root_->app->set_version_flag("--version", version);
  root_->app->get_formatter()->column_width(34);
}

CommandLine::~CommandLine() = default;

Command CommandLine::root() { return Command(root_.get()); }

absl::StatusOr<Action> CommandLine::Parse(const std::vector<std::string>& arguments) {
  const auto print = [](std::string text) -> Action {
    return [text = std::move(text)](Environment& environment) {
      environment.out << text;
      return absl::OkStatus();
    };
  };
  try {
    root_->app->parse(
        std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 takes them from the back
  } catch (const CLI::CallForHelp&) {
    return print(root_->app->help());
  } catch (const CLI::CallForVersion& version) {
    return print(absl::StrCat(version.what(), "\n"));
  } catch (const CLI::ParseError& error) {
    return UsageError(error.what());
  }
  Command::Node& chosen = root_->Chosen();
  if (chosen.action) return chosen.action;
  return UsageError(absl::StrCat("say what to do; the commands are:\n", root_->app->help()));
}

}  // namespace tamga::cli
