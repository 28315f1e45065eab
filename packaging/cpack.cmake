# SPDX-License-Identifier: GPL-3.0-or-later
# How packages are made of what is installed. Directories were chosen by the install rules; CPack only reads them.
set(CPACK_PACKAGE_NAME frameglass)
set(CPACK_PACKAGE_VENDOR "The Frameglass developers")
set(CPACK_PACKAGE_CONTACT "The Frameglass developers <${FRAMEGLASS_CONTACT}>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "inspector for WebSocket connections, down to the frame")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Frameglass connects to a WebSocket server, or serves an echo for a client, and
shows the opening handshake, every frame, the heartbeat and the close as they
stood on the wire. A checklist says what is wrong, why, and what to change.
.
The package has a desktop program, frameglass, and a command line, fglass.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)

if(UNIX AND NOT APPLE)
    set(CPACK_GENERATOR DEB)
endif()
include(CPack)
