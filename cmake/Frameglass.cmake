# SPDX-License-Identifier: GPL-3.0-or-later
# The house rules of every target, in one place.

add_library(frameglass_options INTERFACE)
target_include_directories(frameglass_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_definitions(frameglass_options INTERFACE FRAMEGLASS_VERSION="${PROJECT_VERSION}")
if(MSVC)
    target_compile_options(frameglass_options INTERFACE /W4 /permissive- /utf-8)
    target_compile_definitions(frameglass_options INTERFACE _WIN32_WINNT=0x0A00 NOMINMAX)
else()
    target_compile_options(frameglass_options INTERFACE
        -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
        -Wno-missing-field-initializers
        # GCC 12 sees uninitialized members of moved-from std::string and std::variant where there are none.
        $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
if(FRAMEGLASS_WERROR)
    target_compile_options(frameglass_options INTERFACE $<IF:$<BOOL:${MSVC}>,/WX,-Werror>)
endif()
if(FRAMEGLASS_SANITIZE)
    add_compile_options(-fsanitize=${FRAMEGLASS_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${FRAMEGLASS_SANITIZE})
endif()

# The system's linker takes minutes over hundreds of test programs.
find_program(FRAMEGLASS_LLD ld.lld)
if(FRAMEGLASS_LLD AND NOT APPLE AND NOT MSVC)
    add_link_options(-fuse-ld=lld)
endif()

# Headers of other people that most files read, parsed once. Only where many programs are built (tests under
# sanitizers): the release build goes without, so that a file which forgets an include does not pass.
set(frameglass_std_headers
    <algorithm> <array> <chrono> <cstdint> <cstring> <functional> <map> <memory> <optional> <span> <string>
    <string_view> <utility> <variant> <vector>)
# frameglass_precompile(TARGET headers...) or (TARGET REUSE_FROM other)
function(frameglass_precompile target)
    if(FRAMEGLASS_PCH)
        if("${ARGV1}" STREQUAL "REUSE_FROM")
            target_precompile_headers(${target} ${ARGN})
        else()
            target_precompile_headers(${target} PRIVATE ${ARGN})
        endif()
        set_target_properties(${target} PROPERTIES PCH_WARN_INVALID OFF)
    endif()
endfunction()

# frameglass_layer(NAME sources... LINK libs...): one folder of the program, a static library that links only what it
# names. The order protocol ← capture ← transport ← session ← analysis ← diagnosis ← ui is kept by the linker.
function(frameglass_layer name)
    cmake_parse_arguments(arg "" "" "SOURCES;LINK;PRIVATE_LINK;PRECOMPILE" ${ARGN})
    add_library(frameglass_${name} STATIC ${arg_SOURCES})
    frameglass_precompile(frameglass_${name} ${frameglass_std_headers} ${arg_PRECOMPILE})
    add_library(frameglass::${name} ALIAS frameglass_${name})
    target_link_libraries(frameglass_${name}
        PUBLIC frameglass_options ${arg_LINK}
        PRIVATE ${arg_PRIVATE_LINK})
endfunction()
